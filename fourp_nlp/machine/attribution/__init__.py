"""Why a code was suggested: words, meaning, nearest examples."""
