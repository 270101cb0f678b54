export type ComposerMode = 'reply' | 'note';

const memory = new Map<string, string>();
const keyOf = (conversationId: string, mode: ComposerMode): string => `baton.draft.${conversationId}.${mode}`;

/** Unsent text; survives navigation, and a reload if session storage works. */
export const drafts = {
  read(conversationId: string, mode: ComposerMode): string {
    const key = keyOf(conversationId, mode);
    try {
      return memory.get(key) ?? sessionStorage.getItem(key) ?? '';
    } catch {
      return memory.get(key) ?? '';
    }
  },
  write(conversationId: string, mode: ComposerMode, text: string): void {
    const key = keyOf(conversationId, mode);
    memory.set(key, text);
    try {
      if (text === '') sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, text);
    } catch {
      // Without storage it lasts until the page is closed.
    }
  },
  /** Of a conversation whose words were erased. */
  forget(conversationId: string): void {
    this.write(conversationId, 'reply', '');
    this.write(conversationId, 'note', '');
  },
};
