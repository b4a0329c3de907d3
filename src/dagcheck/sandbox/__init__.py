"""What keeps DAG code from touching the machine: throwaway home, namespaces, audit hook, side-effect ledger."""
