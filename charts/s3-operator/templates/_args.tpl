{{/* The operator's flags, as a list. Flags that are not here have the defaults of --help. */}}
{{- define "s3-operator.args" -}}
{{- $flags := dict
  "cluster-name" .Values.clusterName
  "watch-namespaces" (join "," .Values.watch.namespaces)
  "watch-selector" .Values.watch.selector
  "leader-elect" .Values.leaderElection.enabled
  "leader-election-namespace" (ternary .Release.Namespace "" .Values.leaderElection.enabled)
  "leader-election-name" (ternary .Values.leaderElection.name "" .Values.leaderElection.enabled)
  "leader-elect-lease-duration" (ternary .Values.leaderElection.leaseDuration "" .Values.leaderElection.enabled)
  "leader-elect-renew-deadline" (ternary .Values.leaderElection.renewDeadline "" .Values.leaderElection.enabled)
  "leader-elect-retry-period" (ternary .Values.leaderElection.retryPeriod "" .Values.leaderElection.enabled)
  "concurrency" (int64 .Values.operator.concurrency)
  "poll-interval" .Values.operator.pollInterval
  "settle-window" .Values.operator.settleWindow
  "empty-by-lifecycle-above" (int64 .Values.operator.emptyByLifecycleAbove)
  "stalled-after" .Values.operator.stalledAfter
  "shutdown-timeout" .Values.operator.shutdownTimeout
  "log-level" .Values.operator.logLevel
  "s3-force-path-style" .Values.operator.s3ForcePathStyle
  "health-address" ":8081"
  "metrics-address" (ternary (printf ":%d" (int64 .Values.observability.metrics.port)) "0" .Values.observability.metrics.enabled)
-}}
{{- range $name, $value := $flags }}
{{- if ne (toString $value) "" }}
- {{ printf "--%s=%v" $name $value | quote }}
{{- end }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}
