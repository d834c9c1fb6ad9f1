### Tables: how they show themselves, how sources were read, and the rules that lines are left out under.

rows = { $n ->
    [one] 1 row
   *[other] { $n } rows
}{ $cut ->
    [yes] {""}, the first { $shown } shown
   *[no] {""}
}
