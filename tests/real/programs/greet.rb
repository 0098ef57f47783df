# Calls Greeter#greet and Array#push 7 times, after a line on stdin. Ruby compiles the probes of
# methods written in Ruby into them only while a TracePoint is enabled.
class Greeter
  def greet(number)
    number * 2
  end
end

puts "ready"
$stdout.flush
$stdin.gets
greeter = Greeter.new
list = []
TracePoint.new(:call) {}.enable do
  7.times { |i| list.push(greeter.greet(i)) }
end
