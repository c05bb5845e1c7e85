# The batch subnet's table gets S3's route as well
batch_reaches_s3 = true
