// expect: these words
// expect: no such words
static_assert(sizeof(char) == 2, "these words");
