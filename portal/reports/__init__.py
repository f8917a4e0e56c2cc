"""Reports of problems and the loop that settles them: 反映, 受理, 交办, 督导, 反馈."""
