// The modules that hold the CRDs of Argo CD, Flux and the Prometheus Operator. Nothing of them is built.
module s3-operator.io/test/tools/crds

go 1.26.0

require (
	github.com/argoproj/argo-cd/v3 v3.5.7
	github.com/fluxcd/helm-controller v1.6.4
	github.com/fluxcd/kustomize-controller v1.9.5
	github.com/fluxcd/source-controller v1.9.3
	github.com/prometheus-operator/prometheus-operator v0.92.0
)
