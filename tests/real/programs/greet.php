<?php
// Calls greet 7 times, after a line on stdin.
function greet($number) {
  return $number * 2;
}

echo "ready\n";
fgets(STDIN);
for ($i = 0; $i < 7; ++$i) {
  greet($i);
}
