local os = require("os")
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
-- Each new value starts a reconcile at once.
obj.metadata.annotations["s3-operator.io/reconcile-requested-at"] = os.date("!%Y-%m-%dT%XZ")
return obj
