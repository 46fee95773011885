-- Never end this transaction because its owner is computing. For the server itself.
SET LOCAL idle_in_transaction_session_timeout = 0
