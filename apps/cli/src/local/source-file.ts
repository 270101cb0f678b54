import { access, readFile } from 'node:fs/promises';
import { UserError } from '../output/errors.ts';

const FILE_ERRORS: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'access to it is denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
};

export function fileError(action: 'read' | 'write', file: string, error: unknown): UserError {
  const { code = '', message }: { code?: string; message?: string } = Object(error);
  return new UserError(`Cannot ${action} ${file}: ${FILE_ERRORS[code] ?? message ?? String(error)}.`);
}

/** @throws UserError where the file cannot be read */
export async function requireReadable(file: string): Promise<void> {
  await access(file).catch((error: unknown) => {
    throw fileError('read', file, error);
  });
}

/** @throws UserError where the file cannot be read */
export async function readSource(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw fileError('read', file, error);
  });
}
