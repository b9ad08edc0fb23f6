"""Why a provider's share moved."""
