if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["s3-operator.io/paused"] = "true"
return obj
