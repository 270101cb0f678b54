import { useNavigate, useSearch } from '@tanstack/react-router';
import { Search, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useRef, useState, useDeferredValue } from 'react';
import { useActions } from '../keys/actions.tsx';
import { keyMap } from '../keys/key-map.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { neighbouringRow, useRowKeys } from '../keys/use-row-keys.ts';
import { SearchFilters } from './search-filters.tsx';
import { Results } from './results.tsx';
import { parseSearchParams, MAX_QUERY_LENGTH, type SearchParams } from './search-params.ts';

/** Debounce of typing, in milliseconds. */
const DEBOUNCE_MS = 180;

/** On this page `/` focuses the field; registered after the shell's own, so that it wins. */
function SearchFieldKeys({ onFocusField }: { onFocusField: () => void }) {
  useActions([
    { ...keyMap.search, group: undefined, run: onFocusField },
    { ...keyMap.back, group: undefined, run: onFocusField },
  ]);
  return null;
}

export default function SearchPage() {
  const params = parseSearchParams(useSearch({ strict: false }));
  const navigate = useNavigate();
  const page = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const q = params.q ?? '';
  const [text, setText] = useState(q);
  const [lastQuery, setLastQuery] = useState(q);
  // Registers after the shell's keys.
  const isShown = useDeferredValue(true, false);
  useRowKeys(page);

  // Follows the browser's back and forward.
  if (lastQuery !== q) {
    setLastQuery(q);
    if (text.trim() !== q) setText(q);
  }

  const change = (next: SearchParams, isTyping = false) =>
    void navigate({ to: '/search', search: next, replace: isTyping && q !== '' });

  useEffect(() => {
    const query = text.trim();
    if (query === q) return undefined;
    const timer = setTimeout(
      () => change({ ...params, q: query === '' ? undefined : query }, true),
      DEBOUNCE_MS,
    );
    return () => clearTimeout(timer);
  });

  function focusField(): void {
    field.current?.focus();
    field.current?.select();
  }

  /** Arrow keys move from the field into the results and back. */
  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : null;
    const isInRow = event.target instanceof Element && event.target.closest('li') !== null;
    const isInField = event.target === field.current;
    if (step === null || page.current === null || !(isInRow || (isInField && step === 1))) return;
    event.preventDefault();
    const next = neighbouringRow(page.current, document.activeElement, step);
    if (step === -1 && next === document.activeElement) focusField();
    else next?.focus();
  }

  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the arrows of the links and the field inside
    <div ref={page} onKeyDown={onKeyDown} className="mx-auto max-w-240">
      {isShown && <SearchFieldKeys onFocusField={focusField} />}
      <search className="sticky top-0 z-20 flex flex-col gap-2 border-b border-line bg-surface px-4 py-3 two:px-6">
        <div className="relative">
          <Search size={16} aria-hidden className="absolute top-3 left-3 text-ink-3" />
          <input
            ref={field}
            type="search"
            aria-label="Search everything that was said"
            placeholder="Search everything that was said"
            value={text}
            maxLength={MAX_QUERY_LENGTH}
            // The page is opened to type at once.
            autoFocus
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
            className="h-10 w-full rounded-base border border-field-line bg-surface pr-10 pl-9 text-message [&::-webkit-search-cancel-button]:appearance-none"
          />
          {text !== '' && (
            <IconButton
              label="Clear the words"
              icon={<X size={16} />}
              onClick={() => {
                setText('');
                focusField();
              }}
              className="absolute top-1.5 right-1.5"
            />
          )}
        </div>
        <SearchFilters params={params} onChange={(next) => change(next)} />
      </search>
      {q === '' ? (
        <EmptyState icon={<Search size={20} strokeWidth={1.5} />} title="Find anything that was ever said.">
          <span className="flex flex-col gap-1">
            <span>
              <code>automation</code> finds automate, too
            </span>
            <span>
              <code>"per month"</code> finds the exact phrase
            </span>
            <span>
              <code>price -contract</code> leaves a word out
            </span>
            <span className="mt-2 flex justify-center gap-4 whitespace-nowrap max-two:hidden">
              <span className="flex items-center gap-1.5">
                <Kbd keys={keyMap.down.keys} /> <Kbd keys={keyMap.up.keys} /> move
              </span>
              <span className="flex items-center gap-1.5">
                <Kbd keys="Enter" /> opens
              </span>
              <span className="flex items-center gap-1.5">
                <Kbd keys={keyMap.search.keys} /> the words
              </span>
            </span>
          </span>
        </EmptyState>
      ) : (
        <Results
          params={params}
          onClear={() => change(params.in === 'messages' ? { q, in: 'messages' } : { q })}
        />
      )}
    </div>
  );
}
