{{- define "s3-operator.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "s3-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "s3-operator.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "s3-operator.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/*
The name of cluster-scoped objects. It depends on the watched objects and not on the release, so that Helm rejects a second
release for the same objects.
*/}}
{{- define "s3-operator.scopeName" -}}
{{- $scope := printf "%s/%s" (.Values.watch.namespaces | uniq | sortAlpha | join ",") .Values.watch.selector -}}
{{- if eq $scope "/" -}}s3-operator{{- else -}}s3-operator-{{ sha256sum $scope | trunc 8 }}{{- end -}}
{{- end -}}

{{- define "s3-operator.selectorLabels" -}}
app.kubernetes.io/name: {{ include "s3-operator.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "s3-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "s3-operator.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: s3-operator
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "s3-operator.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "s3-operator.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{/* A role binding's subjects. */}}
{{- define "s3-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "s3-operator.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{- define "s3-operator.image" -}}
{{- $registry := .Values.global.imageRegistry | default .Values.image.registry -}}
{{- $tag := .Values.image.tag | default .Chart.AppVersion -}}
{{- with $registry }}{{ . }}/{{ end }}{{ .Values.image.repository }}:{{ $tag }}{{ with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* 12 digits, even if YAML or --set parsed them as a number. */}}
{{- define "s3-operator.accountId" -}}
{{- if kindIs "string" .Values.account.id -}}{{ .Values.account.id }}{{- else -}}{{ printf "%012d" (int64 .Values.account.id) }}{{- end -}}
{{- end -}}
