/** The reasons that this folder gives to conditions and events. */
export const KUBE_REASONS = [
  "APIServerUnavailable",
  "AlreadyExists",
  "Conflict",
  "DeadlineExceeded",
  "Forbidden",
  "InternalError",
  "Invalid",
  "NotFound",
  "Paused",
  "Progressing",
  "ProgressingWithRetry",
  "ShuttingDown",
  "Succeeded",
  "TooManyRequests",
  "Unauthorized",
] as const;

export type KubeReason = (typeof KUBE_REASONS)[number];
