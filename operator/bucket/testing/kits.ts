import { kebabCase } from "../../../scripts/kebab-case.ts";
import { SETTINGS } from "../settings/index.ts";
import type { SettingKit } from "./kit.ts";

async function load(name: string): Promise<SettingKit> {
  const path = `./kits/${kebabCase(name)}.ts`;
  const { kit } = (await import(path).catch((cause: unknown) => {
    throw new Error(`Setting ${name} needs a kit: operator/bucket/testing/${path.slice(2)}`, { cause });
  })) as { kit: SettingKit };
  return kit;
}

/** Kits of all settings, by name. */
export const KITS: ReadonlyMap<string, SettingKit> = new Map(
  await Promise.all(SETTINGS.map(async ({ name }) => [name, await load(name)] as const)),
);

export function kitOf(setting: string): SettingKit {
  const kit = KITS.get(setting);
  if (kit === undefined) throw new Error(`There is no setting ${setting}`);
  return kit;
}
