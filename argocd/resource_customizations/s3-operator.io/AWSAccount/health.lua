-- The kind is compatible with kstatus: its status begins with observedGeneration -1, Reconciling and Stalled are present only while True,
-- and Ready is True only when AWS has confirmed the operator's identity in the account.
local health = { status = "Progressing", message = "Waiting for the operator" }

local status = obj.status or {}
local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  if condition.status == "True" or condition.type == "Ready" then
    conditions[condition.type] = condition
  end
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
