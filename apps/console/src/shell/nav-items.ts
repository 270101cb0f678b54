import { ChartNoAxesColumn, Inbox, ListTodo, Search, Settings2 } from 'lucide-react';
import { keyMap } from '../keys/key-map.ts';

export const navItems = [
  { to: '/inbox', name: 'Inbox', icon: Inbox, keys: keyMap.goInbox.keys },
  { to: '/work', name: 'Work', icon: ListTodo, keys: keyMap.goWork.keys },
  { to: '/insight', name: 'Insight', icon: ChartNoAxesColumn, keys: keyMap.goInsight.keys },
  { to: '/search', name: 'Search', icon: Search, keys: keyMap.search.keys },
  { to: '/settings', name: 'Settings', icon: Settings2, keys: undefined },
] as const;

export type NavItem = (typeof navItems)[number];
