return { reconcile = { disabled = false } }
