local annotations = obj.metadata.annotations or {}
local paused = annotations["s3-operator.io/paused"] == "true"
return {
  reconcile = { disabled = paused },
  pause = { disabled = paused },
  resume = { disabled = not paused },
}
