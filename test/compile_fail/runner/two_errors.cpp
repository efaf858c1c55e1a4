// expect: static
static_assert(sizeof(char) == 2, "one");
static_assert(sizeof(char) == 3, "two");
