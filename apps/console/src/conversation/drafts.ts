export type Mode = 'reply' | 'note';

const memory = new Map<string, string>();
const nameOf = (conversationId: string, mode: Mode): string => `baton.draft.${conversationId}.${mode}`;

/** What was written and not sent: it survives a change of page, and a reload where the browser lets it. */
export const drafts = {
  read(conversationId: string, mode: Mode): string {
    const name = nameOf(conversationId, mode);
    try {
      return memory.get(name) ?? sessionStorage.getItem(name) ?? '';
    } catch {
      return memory.get(name) ?? '';
    }
  },
  write(conversationId: string, mode: Mode, text: string): void {
    const name = nameOf(conversationId, mode);
    memory.set(name, text);
    try {
      if (text === '') sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, text);
    } catch {
      // Storage is off: it holds until the page is left.
    }
  },
};
