"""The minimal portal, in rooms: each room's face, ``core.<room>``, says what plugins and forces may use."""
