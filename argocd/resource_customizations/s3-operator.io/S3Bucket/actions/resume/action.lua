-- "false" instead of removal: Lua does not distinguish an empty map from an empty list, and Argo CD versions handle it differently.
obj.metadata.annotations["s3-operator.io/paused"] = "false"
return obj
