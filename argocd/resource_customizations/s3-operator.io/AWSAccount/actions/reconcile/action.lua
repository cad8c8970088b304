local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
-- Any change of the value brings a look at AWS at once.
obj.metadata.annotations["s3-operator.io/reconcile-requested-at"] = os.date("!%Y-%m-%dT%XZ")
return obj
