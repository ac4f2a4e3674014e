"""What is kept of a training: members, the folder that they go to, its manifest, and what refuses it."""
