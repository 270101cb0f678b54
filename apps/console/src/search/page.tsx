import { EmptyState } from '../ui/empty-state.tsx';

export default function SearchPage() {
  return <EmptyState title="Nothing to see here yet." />;
}
