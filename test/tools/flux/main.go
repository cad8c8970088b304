// Judges Kubernetes objects by Flux's own code. Reads a JSON array of tasks:
//
//	{"status": {...}}    gives what kstatus makes of the object: "Current", "InProgress", "Failed" or "Terminating"
//	{"manifest": {...}}  gives null for a Kustomization or GitRepository with known fields only
//
// and prints a JSON array of results. Flux and Helm 4 wait with this fork of kstatus.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	kustomize "github.com/fluxcd/kustomize-controller/api/v1"
	source "github.com/fluxcd/source-controller/api/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type task struct {
	Status   *unstructured.Unstructured `json:"status"`
	Manifest json.RawMessage            `json:"manifest"`
}

func main() {
	if err := perform(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func perform(in io.Reader, out io.Writer) error {
	var tasks []task
	if err := json.NewDecoder(in).Decode(&tasks); err != nil {
		return fmt.Errorf("stdin is no JSON array of tasks: %w", err)
	}
	results := make([]any, 0, len(tasks))
	for index, each := range tasks {
		result, err := run(each)
		if err != nil {
			return fmt.Errorf("task %d: %w", index, err)
		}
		results = append(results, result)
	}
	return json.NewEncoder(out).Encode(results)
}

func run(each task) (any, error) {
	if each.Status != nil {
		result, err := status.Compute(each.Status)
		if err != nil {
			return nil, err
		}
		return result.Status, nil
	}
	var meta struct{ Kind string }
	if err := json.Unmarshal(each.Manifest, &meta); err != nil {
		return nil, err
	}
	strict := json.NewDecoder(bytes.NewReader(each.Manifest))
	strict.DisallowUnknownFields()
	switch meta.Kind {
	case kustomize.KustomizationKind:
		return nil, strict.Decode(&kustomize.Kustomization{})
	case source.GitRepositoryKind:
		return nil, strict.Decode(&source.GitRepository{})
	}
	return nil, errors.New("neither Kustomization nor GitRepository: " + meta.Kind)
}
