import { UserError } from '../output/errors.ts';

/** @throws UserError where the file is no JSON */
export function parseJson(file: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(`${file} is not readable as JSON: ${why}`);
  }
}
