export async function findTerraform(): Promise<string> {
  return "";
}
