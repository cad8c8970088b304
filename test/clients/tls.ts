import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isIP } from "node:net";
import { join } from "node:path";
import { runCommand } from "../controlplane/command.ts";
import { tail } from "../controlplane/progress.ts";
import { findDebianProgram } from "../on-demand/debian.ts";

/** PEM. */
export interface Certificate {
  key: string;
  cert: string;
  /** SHA-1, 40 hexadecimal digits, as IAM identifies the certificate of an OIDC provider. */
  thumbprint: string;
}

/** A certificate of a name or an address that is its own authority. Leaves its files in `folder`. */
export async function createCertificate(host: string, folder: string): Promise<Certificate> {
  const [key, cert] = [join(folder, `${host}.key`), join(folder, `${host}.crt`)];
  const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=${isIP(host) ? "IP" : "DNS"}:${host}`];
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const args = ["req", "-x509", "-days", "1", ...curve, ...subject, "-keyout", key, "-out", cert];
  const { code, stderr } = await runCommand(await findDebianProgram("openssl"), args);
  if (code !== 0) throw new Error(`openssl ${args.join(" ")} failed:\n${tail(stderr)}`);
  const pem = await readFile(cert, "utf8");
  const thumbprint = new X509Certificate(pem).fingerprint.replaceAll(":", "").toLowerCase();
  return { key: await readFile(key, "utf8"), cert: pem, thumbprint };
}
