/** Writes the CustomResourceDefinitions of crds/ as chart templates, so that a release upgrade upgrades them. */

import { dump } from "js-yaml";
import type { CustomResourceDefinition } from "../schema.ts";

const METADATA = `  labels:
    {{- include "s3-operator.labels" . | nindent 4 }}
  {{- if or .Values.crds.keep .Values.crds.annotations }}
  annotations:
    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with .Values.crds.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
`;

/** @returns the text of templates/crds/<plural>.yaml */
export function generateCrdTemplate({ metadata, ...rest }: CustomResourceDefinition): string {
  const { spec, ...type } = rest;
  return [
    "{{- /* Generated from crds/ by `npm run generate`. Do not edit. */ -}}\n",
    "{{- if .Values.crds.enabled }}\n",
    dump(type),
    `metadata:\n  name: ${metadata.name}\n`,
    METADATA,
    literal(dump({ spec }, { lineWidth: 160 })),
    "{{- end }}\n",
  ].join("");
}

/** Escapes template delimiters, so that Helm leaves the text as it is. */
function literal(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}
