static_assert(sizeof(char) == 2, "nobody asked");
