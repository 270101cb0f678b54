import { useNavigate } from '@tanstack/react-router';
import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import { useDeferredValue, useState } from 'react';
import { channelLabels } from '../format/labels.ts';
import { Kbd } from '../ui/kbd.tsx';
import { useFocusReturn } from '../ui/use-focus-return.ts';
import { StageBar } from '../ui/stage-bar.tsx';
import { useAllActions } from './actions.tsx';
import { paletteScore } from './palette-score.ts';
import { usePaletteConversations } from './use-palette-conversations.ts';
import { contactName } from '../format/contact-name.ts';
import { ContactName } from '../ui/contact-name.tsx';

const itemClasses =
  'flex min-h-9 items-center gap-2 rounded-[4px] px-3 aria-selected:bg-hover data-[disabled=true]:text-ink-3 outline-none select-none';

export default function Palette({ onClose }: { onClose: () => void }) {
  const navigate = useNavigate();
  const actions = useAllActions().filter(({ group }) => group !== undefined);
  const groups = [...new Set(actions.map(({ group }) => group))];
  const { rememberFocus, onCloseAutoFocus } = useFocusReturn();
  const [text, setText] = useState('');
  const query = useDeferredValue(text.trim());
  const conversations = usePaletteConversations(query);

  function run(action: () => void): void {
    onClose();
    // Runs after the dialog has returned the focus.
    setTimeout(action);
  }

  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          onOpenAutoFocus={rememberFocus}
          onCloseAutoFocus={onCloseAutoFocus}
          className="appear fixed inset-x-3 top-[min(12vh,96px)] z-40 mx-auto max-w-[600px] overflow-hidden rounded-[10px] bg-raised shadow-float"
        >
          <Dialog.Title className="sr-only">Do or find anything</Dialog.Title>
          <Command loop label="Do or find anything" filter={paletteScore}>
            <Command.Input
              value={text}
              onValueChange={setText}
              placeholder="What to do, or whom to find"
              className="h-11 w-full border-b border-line bg-transparent px-4 text-message outline-none"
            />
            <Command.List className="max-h-[min(56vh,420px)] overflow-y-auto p-1.5 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-meta [&_[cmdk-group-heading]]:text-ink-3">
              <Command.Empty className="px-3 py-6 text-center text-ink-2">
                Nothing here is called that. Enter searches all messages for it.
              </Command.Empty>
              {groups.map((group) => (
                <Command.Group key={group} heading={group}>
                  {actions
                    .filter((action) => action.group === group)
                    .map((action) => (
                      <Command.Item
                        key={action.label}
                        value={action.label}
                        disabled={action.blockedReason !== undefined}
                        onSelect={() => run(action.run)}
                        className={itemClasses}
                      >
                        <span className="min-w-0 flex-1 truncate">
                          {action.label}
                          {action.blockedReason !== undefined && (
                            <span className="ml-2 text-meta">{action.blockedReason}</span>
                          )}
                        </span>
                        {action.keys !== undefined && <Kbd keys={action.keys} />}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
              {query !== '' && (
                <Command.Group heading="Find" forceMount>
                  <Command.Item
                    forceMount
                    value={`search ${query}`}
                    onSelect={() => run(() => void navigate({ to: '/search', search: { q: query } }))}
                    className={itemClasses}
                  >
                    Search messages for “{query}”
                  </Command.Item>
                </Command.Group>
              )}
              {query !== '' && conversations.length > 0 && (
                <Command.Group heading="Conversations">
                  {conversations.map((conversation) => (
                    <Command.Item
                      key={conversation.id}
                      value={`${contactName(conversation)} ${conversation.contactId} ${conversation.channel} ${conversation.id}`}
                      onSelect={() =>
                        run(
                          () =>
                            void navigate({
                              to: '/inbox/$conversationId',
                              params: { conversationId: conversation.id },
                            }),
                        )
                      }
                      className={itemClasses}
                    >
                      <ContactName of={conversation} />
                      <span className="text-ink-3">{channelLabels[conversation.channel]}</span>
                      <StageBar stage={conversation.stage} className="ml-auto text-ink-2" />
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
