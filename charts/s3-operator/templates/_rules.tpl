{{/* Generated from scripts/chart/rbac.ts by `npm run generate`. Do not edit. */}}
{{- define "s3-operator.rules.cluster" -}}
- apiGroups: [s3-operator.io]
  resources: [awsaccounts]
  verbs: [list, watch]
- apiGroups: [s3-operator.io]
  resources: [awsaccounts/status]
  verbs: [patch]
- apiGroups: ['']
  resources: [namespaces]
  verbs: [list, watch]
{{- end -}}
{{- define "s3-operator.rules.namespaced" -}}
- apiGroups: [s3-operator.io]
  resources: [s3buckets]
  verbs: [get, list, watch, patch]
- apiGroups: [s3-operator.io]
  resources: [s3buckets/status]
  verbs: [patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
{{- define "s3-operator.rules.events" -}}
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
{{- define "s3-operator.rules.leaderElection" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [get, update]
  resourceNames: [s3-operator]
{{- end -}}
{{- define "s3-operator.rules.view" -}}
- apiGroups: [s3-operator.io]
  resources: [s3buckets]
  verbs: [get, list, watch]
- apiGroups: [s3-operator.io]
  resources: [s3buckets/status]
  verbs: [get]
{{- end -}}
{{- define "s3-operator.rules.edit" -}}
- apiGroups: [s3-operator.io]
  resources: [s3buckets]
  verbs: [create, update, patch, delete]
{{- end -}}
