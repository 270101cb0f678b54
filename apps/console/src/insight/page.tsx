import { EmptyState } from '../ui/empty-state.tsx';

export default function InsightPage() {
  return <EmptyState title="Nothing to see here yet." />;
}
