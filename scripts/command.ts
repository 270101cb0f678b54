import { spawn } from 'node:child_process';

import { ROOT } from './project.ts';

export interface Outcome {
  exitedWell: boolean;
  /** Both streams, as they came. */
  output: string;
}

/** Runs a program of the workspace from the root; one that cannot be started has not exited well. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('error', (error) => chunks.push(Buffer.from(`${error.message}\n`)));
  child.on('close', (code) =>
    resolve({ exitedWell: code === 0, output: Buffer.concat(chunks).toString('utf8') }),
  );
  return promise;
}
