/** Every key of the console, once: tooltips, the palette, the help and the listener read it here. */
export const keyMap = {
  goInbox: { keys: 'g i', words: 'Go to Inbox', group: 'Go' },
  goWork: { keys: 'g w', words: 'Go to Work', group: 'Go' },
  goInsight: { keys: 'g n', words: 'Go to Insight', group: 'Go' },
  goSearch: { keys: 'g s', words: 'Go to Search', group: 'Go' },
  search: { keys: '/', words: 'Search', group: 'Go' },
  palette: { keys: 'mod+k', words: 'Everything, by typing', group: 'Go' },
  help: { keys: '?', words: 'All keys', group: 'Go' },
  back: { keys: 'Escape', words: 'Back', group: 'Go' },
  down: { keys: 'j', words: 'Next in the list', group: 'List' },
  up: { keys: 'k', words: 'Previous in the list', group: 'List' },
  open: { keys: 'Enter', words: 'Open', group: 'List' },
  reply: { keys: 'r', words: 'Reply', group: 'Conversation' },
  note: { keys: 'n', words: 'Internal note', group: 'Conversation' },
  takeOver: { keys: 't', words: 'Take over', group: 'Conversation' },
  handOver: { keys: 'h', words: 'Hand over', group: 'Conversation' },
  stage: { keys: 's', words: 'Move stage', group: 'Conversation' },
  qualification: { keys: 'q', words: 'Qualification', group: 'Conversation' },
  followUp: { keys: 'f', words: 'Schedule a follow-up', group: 'Conversation' },
  close: { keys: 'e', words: 'Close', group: 'Conversation' },
  send: { keys: 'mod+Enter', words: 'Send what is written', group: 'Conversation' },
} as const;

export const keyGroups = ['Go', 'List', 'Conversation'] as const;
