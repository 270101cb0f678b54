import { EmptyState } from '../ui/empty-state.tsx';

export default function WorkPage() {
  return <EmptyState title="Nothing to see here yet." />;
}
