// Lua as Argo CD runs it: the interpreter and the JSON codec of Argo CD 3.5.
module s3-operator.io/test/tools/lua

go 1.26.0

require (
	github.com/yuin/gopher-lua v1.1.2
	layeh.com/gopher-json v0.0.0-20190114024228-97fed8db8427
)
