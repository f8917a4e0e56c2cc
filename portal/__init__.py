"""The portal: everyone stands on ``portal.kernel``; only ``portal.site`` sees everyone."""
