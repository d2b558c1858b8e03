stands for a folder that is not zipped
