import { access, readFile } from 'node:fs/promises';
import { UserError } from './failure.ts';

const WHY: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'it may not be read',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of its path is no folder',
};

function unreadable(file: string, error: NodeJS.ErrnoException): UserError {
  return new UserError(`Cannot read ${file}: ${WHY[error.code ?? ''] ?? error.message}.`);
}

/** @throws UserError where a file that a person named cannot be read */
export async function requireReadable(file: string): Promise<void> {
  await access(file).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, error);
  });
}

/** The text of a file that a person named. @throws UserError */
export async function readSource(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(file, error);
  });
}
