// virtual, std::function, dynamic_cast and typeid: in a comment they are only words.
/* virtual
   std::function, and a quote that is not closed here: "
   dynamic_cast */
const char* text = "virtual \" // typeid";
int virtual_address; // part of a longer name
std::function_like also_longer;
char quote = '"', other = '\'', million = 1'000'000;

struct base { /* the rest counts */ virtual ~base(); };
std::function<void()> erased;
int cast = quote == '"' ? dynamic_cast<int>(x) : 0;
auto* name = "//" + typeid(int);
/* closed */ virtual // on the line of a comment
