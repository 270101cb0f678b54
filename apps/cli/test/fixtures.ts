/** Small sources, valid and broken, in the formats that `baton import` reads. */

export const DIALOG_CSV = `,Unit,Turn,B4,B2
0,"Hello, do you have a minute for the sea?",0,0,first
1,"For the sea, always.",0,1,first
2,We clean beaches.,1,0,first
3,Every Sunday.,1,0,first
4,Lovely! Count me in.,1,1,first
5,Good evening.,0,0,second
6,No thanks.,0,1,second
7,Anyone?,0,0,third
`;

export const OUTCOMES_CSV = `dialogue_id,persuader_donation_usd,persuadee_donation_usd
first,0.0,1.5
second,0.1,0.0
third,,2
`;

/** Line 3 has no speaker, line 4 no text, line 5 too many columns; the last dialogue has no outcome. */
export const BROKEN_DIALOG_CSV = `,Unit,Turn,B4,B2
0,Hello there.,0,0,first
1,Who speaks?,0,7,first
2,,1,0,first
3,a,b,c,d,e,f
4,Still here.,1,1,first
5,Alone.,0,0,lonely
`;

export const BROKEN_OUTCOMES_CSV = `dialogue_id,persuader_donation_usd,persuadee_donation_usd
first,0,0
first,0,1
other,zero,0
`;

type Message = Record<string, unknown>;

export function chatRun(run: Record<string, unknown> & { traj?: Message[] } = {}): Record<string, unknown> {
  return {
    task_id: 1,
    trial: 0,
    reward: 1,
    info: { ignored: true },
    traj: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'Can you move my table to eight?' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'find_booking', arguments: '{"name":"Ada"}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_1', name: 'find_booking', content: '{"table":4}' },
      { role: 'assistant', content: 'Done, your table is at eight.' },
      { role: 'user', content: 'Thank you!' },
    ],
    ...run,
  };
}

export const TRANSFERRED_RUN = chatRun({
  task_id: 2,
  reward: 0,
  traj: [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'I would like to speak to a real person.' },
    {
      role: 'assistant',
      content: 'One moment.',
      tool_calls: [
        {
          id: 'call_9',
          type: 'function',
          function: { name: 'transfer_to_human_agents', arguments: '{"summary":"Wants a person"}' },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_9', name: 'transfer_to_human_agents', content: '' },
    { role: 'assistant', content: 'A colleague is with you soon.' },
    { role: 'user', content: 'Fine.' },
  ],
});
