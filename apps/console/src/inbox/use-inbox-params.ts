import { useSearch } from '@tanstack/react-router';
import { type InboxParams, parseInboxParams } from './inbox-params.ts';

/** The list's search params. The router keeps in them what the route dropped as invalid, so it is dropped again. */
export function useInboxParams(): InboxParams {
  return parseInboxParams(useSearch({ from: '/inbox' }));
}
