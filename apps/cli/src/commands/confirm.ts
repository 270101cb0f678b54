import { UserError } from '../output/errors.ts';
import type { Terminal } from '../output/terminal.ts';

type Otherwise = {
  /** What `--yes` saves from being asked, as in `erase`. */
  to: string;
  /** What is said where the answer is no. */
  refused: string;
};

/** @throws UserError unless the person says yes */
export async function confirm(
  terminal: Terminal,
  question: string,
  { to, refused }: Otherwise,
): Promise<void> {
  if (terminal.ask === null)
    throw new UserError(`Nobody is here to be asked: give --yes to ${to} without asking.`);
  const answer = await terminal.ask(`${question} Type yes: `);
  if (answer.trim().toLowerCase() !== 'yes') throw new UserError(refused);
}
