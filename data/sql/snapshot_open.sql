-- Open a file of the embedded kind beside the store. {path} is a path of ours, its quotes
-- doubled; {mode} is empty or READ_ONLY.
ATTACH '{path}' AS snapshot{mode}
