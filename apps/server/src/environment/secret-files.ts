import { readFileSync } from 'node:fs';

export type Environment = Record<string, string | undefined>;

/** What is wrong with one variable of the environment. */
export interface VariableFault {
  name: string;
  message: string;
}

/** The environment does not say what it should. The message names each variable and no secret. */
export class SettingsRefused extends Error {
  override readonly name = 'SettingsRefused';

  constructor(faults: readonly VariableFault[]) {
    super(faults.map(({ name, message }) => `${name}: ${message}`).join('; '));
  }
}

/** The variable that names the file with a secret. */
export function fileVariableOf(name: string): string {
  return `${name}_FILE`;
}

/**
 * The environment with its secrets read from the files that `<NAME>_FILE` names, without the line break at a file's end.
 * An empty variable counts as one that is not set.
 */
export function withSecretsOfFiles(
  env: Environment,
  secrets: readonly string[],
): { env: Environment; faults: VariableFault[] } {
  const complete: Environment = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const faults: VariableFault[] = [];
  for (const name of secrets) {
    const variable = fileVariableOf(name);
    const file = complete[variable];
    if (file === undefined) continue;
    if (complete[name] === undefined) {
      try {
        const secret = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
        if (secret === '') faults.push({ name: variable, message: 'The file is empty' });
        else complete[name] = secret;
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
        faults.push({ name: variable, message: `The file cannot be read${code}` });
      }
    } else faults.push({ name: variable, message: `Set ${name} or ${variable}, not both` });
  }
  return { env: complete, faults };
}

/**
 * One secret, from its variable or its file; undefined where neither is set.
 * @throws SettingsRefused
 */
export function readSecret(environment: Environment, name: string): string | undefined {
  const { env, faults } = withSecretsOfFiles(environment, [name]);
  if (faults.length > 0) throw new SettingsRefused(faults);
  return env[name];
}
