import { spawn } from 'node:child_process';

import { ROOT } from './project.ts';

export interface Outcome {
  succeeded: boolean;
  /** Of both streams. */
  output: string;
}

/** Runs a program at the root; it fails where it cannot be started. */
export function run(program: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const { promise, resolve } = Promise.withResolvers<Outcome>();
  const child = spawn(program, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('error', (error) => chunks.push(Buffer.from(`${error.message}\n`)));
  child.on('close', (code) =>
    resolve({ succeeded: code === 0, output: Buffer.concat(chunks).toString('utf8') }),
  );
  return promise;
}
