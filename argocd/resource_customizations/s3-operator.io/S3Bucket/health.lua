-- The kind is compatible with kstatus: its status begins with observedGeneration -1, Reconciling and Stalled are present only while True,
-- and Ready is True only when everything declared was read back from AWS and is equal.
local health = { status = "Progressing", message = "Waiting for the operator" }

local annotations = obj.metadata.annotations or {}
local status = obj.status or {}
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.status == "True" or condition.type == "Ready" then
    conditions[condition.type] = condition
  end
end

if annotations["s3-operator.io/paused"] == "true" or conditions.Paused ~= nil then
  return { status = "Suspended", message = "Paused by annotation" }
end
if status.observedGeneration ~= obj.metadata.generation then
  return health
end

-- Stalled is Degraded and ends a sync: the next commit may be the repair.
if conditions.Stalled ~= nil then
  health.status = "Degraded"
elseif conditions.Reconciling == nil and conditions.Ready ~= nil and conditions.Ready.status == "True" then
  health.status = "Healthy"
end
local telling = conditions.Stalled or conditions.Reconciling or conditions.Ready
if telling ~= nil then
  health.message = telling.message
end
return health
