# gnuplot -c tests/bench/growth.gp TABLE > growth.svg: the table that "tools/dev bench growth --out TABLE" wrote.
set terminal svg size 900,640 font "sans-serif,12" background "white"
set datafile separator "|"
set logscale x
set format x "%.0s%c"
set xlabel "customers"
set grid
set key top left
table = ARG1
set multiplot layout 2,2
set yrange [0:*]
set title "p50 of one at a time, us"
plot table skip 2 using 2:4 with linespoints title "update", \
     "" skip 2 using 2:6 with linespoints title "get", \
     "" skip 2 using 2:8 with linespoints title "list of 50"
set title "pyramid, ms"
plot table skip 2 using 2:9 with linespoints notitle
set title "seconds until ready"
set logscale y
set yrange [*:*]
plot table skip 2 using 2:12 with linespoints title "with tables", \
     "" skip 2 using 2:13 with linespoints title "replaying the log"
unset logscale y
set yrange [0:*]
set title "bytes for each customer"
plot table skip 2 using 2:11 with linespoints title "on disk", \
     "" skip 2 using 2:($10*1048576/$2) with linespoints title "in memory"
unset multiplot
